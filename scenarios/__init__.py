"""What happens: one module per scenario, found by walking this package."""
