"""How the coach's own speech model is made: ``python -m training STEP``; see models/coach-en/README.md."""
