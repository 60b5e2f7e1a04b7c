"""Mail: a consumer of the journal that tells people what happened and what they can do."""
