"""How the platform is put on a machine: local services, images, proxy."""
