"""What the exports of Exchange, Windows and PowerShell have in common."""

__all__ = ["ANSI", "DELIMITERS", "POWERSHELL_TYPE_LINE"]

ANSI = "cp1252"
"""The code page of exports that name none: Exchange 5.5 directory exports, REGEDIT4, one-off entry identifiers."""

POWERSHELL_TYPE_LINE = "#TYPE"
"""The start of the line that Export-Csv writes before the header, unless it is told not to."""

DELIMITERS = ",;\t|^~"
"""What separates the fields of CSV; programs in some languages write the semicolon."""
