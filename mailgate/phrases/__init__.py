"""The short sentences that agents are told, in the language of each: results of commands, mistakes, help."""
