"""What all networks share: backend, weights files, snapshots, augmentation, sample quality."""
