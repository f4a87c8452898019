"""What a look at a node before a launch has found, and what that means for the launch. Pure."""
