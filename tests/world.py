"""The world of the tests; authors of plugins use the same."""

from core.testing.world import BLANK, PASSWORD, PEOPLED, Browser, Site, World, browser_for, look_around, program_for

__all__ = ["BLANK", "PASSWORD", "PEOPLED", "Browser", "Site", "World", "browser_for", "look_around", "program_for"]
