"""The dashboard of an environment: one definition, drawn by CloudWatch, by Grafana and as a picture."""
