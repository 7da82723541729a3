"""Documents written into files of other programs: see `inkstand.formats.writing.targets`."""
