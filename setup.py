"""The packages to install; everything else is in pyproject.toml."""
from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["srcgrad", "srcgrad.*"]), "srcgrad_cli"],
    package_dir={"srcgrad_cli": "cli"},
    package_data={"srcgrad": ["py.typed"]},
)
