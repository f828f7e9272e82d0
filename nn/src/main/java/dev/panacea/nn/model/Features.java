package dev.panacea.nn.model;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** A backbone's maps of several resolutions, for heads that say something of every pixel. */
public interface Features {
    /** Channels of each map, the finest first. */
    List<Integer> channels();

    /** Pictures [B, C, H, W] → maps [B, channels, H / 4, W / 4] and on by halves to H / 32, the finest first. */
    <T extends TensorOps<T>> List<T> forward(T pictures, Pass<T> pass);
}
