package dev.panacea.tests.nn;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that saves until it is killed: {@code CheckpointLoop FOLDER ROWS}. */
public final class CheckpointLoop {
    static final int KEPT = 2;

    private CheckpointLoop() {}

    /** Goes on from the latest checkpoint; each holds nothing but its step. */
    public static void main(String[] arguments) {
        CheckpointFolder folder = folder(Path.of(arguments[0]));
        Parameter weight = weight(Integer.parseInt(arguments[1]));
        RunState state = state(weight);
        try {
            for (long step = restored(folder, state) + 1;; step++) {
                fill(weight, step);
                folder.save(state, new Progress(new Position(0, step, 0, 0), Map.of(), List.of(), Double.NaN));
                System.out.println(step);
            }
        } catch (CheckpointException e) {
            System.out.println(e.getMessage());
        }
    }

    static CheckpointFolder folder(Path path) {
        return new CheckpointFolder(path, KEPT, Metric.LOWER_IS_BETTER);
    }

    static Parameter weight(int rows) {
        return Parameters.of(0).make("weight", Initial.ZEROS, rows, 1024);
    }

    static RunState state(Parameter weight) {
        return new RunState().model("student", List.of(weight));
    }

    /** The step of the latest checkpoint, 0 where there is none. */
    static long restored(CheckpointFolder folder, RunState state) {
        return folder.resume(state).map(progress -> progress.position().step()).orElse(0L);
    }

    private static void fill(Parameter weight, long step) {
        for (long i = 0; i < weight.size(); i++) {
            weight.value().flat(i, step);
        }
    }
}
