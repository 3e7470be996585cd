"""XLSX: a package of parts, its workbook, and its sheets as lines of cells."""
