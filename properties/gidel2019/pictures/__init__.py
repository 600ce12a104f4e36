"""Pictures of the theory: staircase, phase, sandwich, flow."""
