"""The plugins that come with the product; each is a stranger to the others but for what its manifest requires."""
