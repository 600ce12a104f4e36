"""What is kept between runs: counterexamples, results, what can be made again."""
