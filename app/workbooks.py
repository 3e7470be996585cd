"""How every workbook that goes out is made: text stays text, so that nothing in a cell is ever run."""

SAFE_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Options of xlsxwriter."""
