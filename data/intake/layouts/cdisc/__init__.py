"""CDISC's tables: SDTM and ADaM."""
