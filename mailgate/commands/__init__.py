"""What an agent can say by mail (pure): the command block, the verbs, their values (spec/agents.md 3)."""
