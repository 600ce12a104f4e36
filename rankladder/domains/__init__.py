"""What claims quantify over: numbers, spectra, matrices, whole problems, and where their draws come from."""
