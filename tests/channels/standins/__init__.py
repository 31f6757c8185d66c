"""Servers that speak the platforms' real HTTP APIs, as their documentation describes them, and enforce their limits."""
