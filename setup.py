"""The packages to install; everything else is in pyproject.toml."""
from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["srcgrad", "srcgrad.*"]), "srcgrad_cli", "srcgrad_cli.page"],
    package_dir={"srcgrad_cli": "cli", "srcgrad_cli.page": "cli/page"},
    package_data={"srcgrad": ["py.typed"], "srcgrad_cli.page": ["*.html", "*.css", "*.js"]},
)
