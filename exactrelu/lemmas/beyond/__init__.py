"""What the project's constructions use and the paper does not say, stated and checked like the paper's own."""
