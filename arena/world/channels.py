"""The names of the channels that every world may have: whom words can be addressed to beside single agents."""

__all__ = ["DIRECT", "EVERYONE", "OPERATOR", "ORDER"]

EVERYONE = "everyone"
OPERATOR = "operator"
ORDER = "order"  # from the operator
DIRECT = "direct"  # to one agent, addressed by its name
