package dev.panacea.nn.onnx;

import dev.panacea.nn.Pass;
import java.util.SequencedMap;

/** What is exported: pictures in, named results out. */
@FunctionalInterface
public interface OnnxNetwork {
    /**
     * Runs the network as in evaluation. It is called with batches of two sizes, and does the same each time.
     *
     * @param pictures [B, C, H, W]
     * @param pass gives the parameters
     * @return the results, in the order in which the file has them
     */
    SequencedMap<String, OnnxValue> outputs(OnnxValue pictures, Pass<OnnxValue> pass);
}
