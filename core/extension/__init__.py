"""How a plugin joins the house: its manifest, the hooks of the platform, the registry, and hooks per company.

A working plugin in six lines::

    # plugins/hello/__init__.py
    from core.extension.manifest import Manifest
    MANIFEST = Manifest("hello", msg("Hello"), msg("Greets every customer"), "1.0")
    # plugins/hello/hooks.py
    @hookimpl
    def crm_menu() -> list[MenuEntry]: return [MenuEntry("hello", msg("Hello"), "HelloView.list", "mood-smile")]
"""
