"""The formats that writers bring and want: files into documents, and documents into files."""
