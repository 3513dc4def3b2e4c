"""Reading mail (RFC 5321, 5322 and kin). Pure, total, and ignorant of tickets."""
