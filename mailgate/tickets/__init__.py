"""The domain: tickets, their numbers, how mail finds its ticket, how states move. Pure."""
