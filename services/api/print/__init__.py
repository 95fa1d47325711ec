"""Documents to print: forms as data, written as workbooks and as pages."""
