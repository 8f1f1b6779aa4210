"""Checks of the course's 2026 protocol, one module for each part of it."""
