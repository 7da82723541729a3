"""Forms made from the fields of a Struct: tools' inputs, plugins' settings, and our own."""
