"""What a browser and a REST client see: page models, templates, views."""
