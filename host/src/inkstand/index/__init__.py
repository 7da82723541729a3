"""The plugin index: what every installed plugin offers, known without importing one.

Reading the cached index imports neither stevedore nor pluggy; only a refresh starts the
short-lived children that do.
"""

from inkstand.index.plugin_index import PluginIndex as PluginIndex
from inkstand.index.records import Descriptor as Descriptor
from inkstand.index.records import Row as Row
from inkstand.index.records import Taker as Taker
