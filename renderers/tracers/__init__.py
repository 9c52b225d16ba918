"""What does this ray hit, is it blocked."""
