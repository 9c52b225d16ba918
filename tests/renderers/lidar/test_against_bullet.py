"""A full sweep against the ray test of an independent engine on the same world."""

import numpy as np
import trimesh
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.transforms import from_rpy
from cornercase.sim.physics.client import Client

BATCH = 16_000


def test_ranges_and_ids_agree_with_bullet(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(11)
    things = [thing(trimesh.creation.box((160.0, 160.0, 0.2)), (0.0, 0.0, -1.9))]
    with Client() as client:
        ground = client.createCollisionShape(client.GEOM_BOX, halfExtents=(80.0, 80.0, 0.1))
        bodies = [client.createMultiBody(0, ground, basePosition=(0.0, 0.0, -1.9))]
        for k in range(36):
            bearing, distance = rng.uniform(-np.pi, np.pi), rng.uniform(5.0, 45.0)
            place = np.array([distance * np.cos(bearing), distance * np.sin(bearing), rng.uniform(-1.5, 1.0)])
            q = from_rpy(*rng.uniform(-np.pi, np.pi, 3))
            if k % 3 == 0:
                size = rng.uniform(0.5, 3.0, 3)
                mesh, shape = (
                    trimesh.creation.box(size),
                    client.createCollisionShape(client.GEOM_BOX, halfExtents=size / 2),
                )
            elif k % 3 == 1:
                radius = rng.uniform(0.3, 1.5)
                mesh = trimesh.creation.icosphere(5, radius)
                shape = client.createCollisionShape(client.GEOM_SPHERE, radius=radius)
            else:
                mesh = trimesh.creation.torus(rng.uniform(0.8, 1.6), 0.3)
                shape = client.createCollisionShape(
                    client.GEOM_MESH,
                    vertices=mesh.vertices.tolist(),
                    indices=mesh.faces.ravel().tolist(),
                    flags=client.GEOM_FORCE_CONCAVE_TRIMESH,
                )
            bodies.append(client.createMultiBody(0, shape, basePosition=place, baseOrientation=q))
            things.append(thing(mesh, place, orientation=q))
        lidar = Lidar(LidarConfig("OS1-64", noise=0.0, range_50_m=1e5), stream_key=1)
        frame = lidar.sweep(make_tracer(things), make_track(), 0.0, 0)
        start = lidar.geometry.origins().reshape(-1, 3)
        reach = lidar.max_range_m - lidar.geometry.origin_radius_m
        end = start + reach * lidar.geometry.directions().reshape(-1, 3)
        answers = [
            answer
            for k in range(0, len(start), BATCH)
            for answer in client.rayTestBatch(start[k : k + BATCH].tolist(), end[k : k + BATCH].tolist())
        ]
    body = np.array([a[0] for a in answers]).reshape(frame.range.shape)
    share = np.array([a[2] for a in answers]).reshape(frame.range.shape)
    label = np.where(body >= 0, np.searchsorted(bodies, body) + 1, 0)
    expected = np.where(body >= 0, share * reach + lidar.geometry.origin_radius_m, 0.0)
    assert np.mean(label == frame.instance) > 0.995
    assert np.mean(np.abs(frame.true_range - expected) < 0.005) > 0.995
    assert len(np.unique(frame.instance)) > 25
