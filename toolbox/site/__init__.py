"""The site of the documentation: docs/ and README.md, and a reference made from the code."""
