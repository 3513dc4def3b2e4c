"""Where mail, tickets and rules meet: facts in, plan out. Pure."""
