"""The report as a file: DOCX, XLSX, CSV, Markdown and, where a converter is set up, PDF."""
