"""Files as rows: CSV, XLSX and NDJSON, told apart by name, read without holding them in memory."""
