"""Is a tumour malignant? Four candidates on the Wisconsin breast cancer data that scikit-learn ships."""
