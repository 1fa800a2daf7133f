"""Running the house: set-up, assets, translations, init, upgrade, health. The highest floor below ``core.application``."""
