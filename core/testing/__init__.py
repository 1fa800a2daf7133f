"""What authors of plugins test with: Keguan on a fresh database, two companies with their people, browsers that are signed in.

Named in a ``conftest.py`` by ``pytest_plugins = ["core.testing.fixtures"]``; an installed Keguan brings it by itself. A test asks for
``world`` (people and use cases), ``client_for`` (pages) or ``token_client_for`` (REST)::

    def test_a_salesperson_sees_the_list(client_for):
        assert client_for("sales.east1").get("/assets/").status_code == 200
"""

from core.testing.world import Browser, World

__all__ = ["Browser", "World"]
