package dev.panacea.peer;

import dev.panacea.tensor.cpu.ParallelRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A process that runs one side alone, and says how much memory it needed at its peak. */
final class PeakMemory {
    private PeakMemory() {}

    /** Arguments: the side, the model, the threads. Prints bytes. */
    public static void main(String[] arguments) throws IOException {
        boolean ours = arguments[0].equals("panacea");
        Path work = ModelsPeer.WORK;
        int threads = Integer.parseInt(arguments[2]);
        if (ours) {
            ParallelRows.threads(threads);
        } else {
            PyTorchWorkload.start(threads);
        }
        try (Workload workload = ours
                ? new PanaceaWorkload(arguments[1], work.resolve(arguments[1] + ".safetensors"), Set.of())
                : new PyTorchWorkload(arguments[1], work, true)) {
            // One step of PyTorch's, since DJL would keep the gradients beyond it; ours must stay level in three.
            for (int step = 0; step < (ours ? 3 : 1); step++) {
                workload.forwardBackward();
            }
            System.out.println(peak());
        }
    }

    /** The most bytes that this process ever had in memory. */
    private static long peak() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).orElseThrow();
        }
    }

    /** Bytes that a fresh process of one side needs for a model. */
    static long of(String side, String name, int threads) {
        return Long.parseLong(FreshProcess.run(PeakMemory.class, side, name, Integer.toString(threads)));
    }
}
