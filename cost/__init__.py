"""What an environment costs in a month, computed from its synthesized templates."""
