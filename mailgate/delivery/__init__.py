"""Getting composed mail out: one dialogue, one result a recipient, a pure schedule of retries."""
