"""``python -m infra.assets``: make the style sheet in ``build/assets``."""

import sys

from infra.assets.build import TARGET, BuildError, build

if __name__ == "__main__":
    try:
        made = build()
    except BuildError as error:
        sys.exit(f"assets: {error}")
    for hashed in made.values():
        print(f"assets: {hashed} ({(TARGET / hashed).stat().st_size:,} bytes)")
