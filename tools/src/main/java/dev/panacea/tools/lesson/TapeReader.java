package dev.panacea.tools.lesson;

import dev.panacea.ace.train.StepWatch;
import dev.panacea.autograd.GraphStep;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the tape of a step when the loss is known, and learns on the way which part of the step recorded what, and what
 * some of the constants are.
 */
final class TapeReader implements StepWatch {
    /** Constants by who reads them: what the teacher has made, and where the views overlap. */
    private static final Map<String, String> CONSTANTS = Map.of("MatchingLoss matmul", "teacher's tokens",
            "MatchingLoss bceWithLogits", "weights of α",
            "GlobalLoss matmul", "mean over the overlap", "GlobalLoss crossEntropy", "teacher's probabilities");

    private String lastHead = "";
    private final List<String> rooms = new ArrayList<>(); // of each recorded op
    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private List<GraphStep> steps = List.of();
    private long savedBytes;

    List<GraphStep> steps() {
        return steps;
    }

    /** The part of the step that recorded an op. */
    String room(int step) {
        return rooms.get(step);
    }

    /** What an op reads, where that is a constant whose meaning is known; else empty. */
    String name(Variable constant, int step) {
        if (constant.requiresGradient()) {
            return "";
        }
        String room = rooms.get(step).split(" ")[0];
        return names.getOrDefault(constant.value(), CONSTANTS.getOrDefault(room + " " + steps.get(step).op(), ""));
    }

    long savedBytes() {
        return savedBytes;
    }

    @Override
    public void made(String room, List<? extends TensorOps<?>> in, List<? extends TensorOps<?>> out) {
        if (room.equals("MatchingTarget")) {
            names.put((Tensor) out.getFirst(), "target T");
        }
        lastHead = room.equals("Composer") ? " of composition" : room.equals("Decomposer") ? " of decomposition"
                : lastHead;
        if (!out.isEmpty() && out.getFirst() instanceof Variable variable) {
            List<GraphStep> now = variable.tape().graph().steps();
            while (rooms.size() < now.size()) {
                rooms.add(room.equals("MatchingLoss") ? room + lastHead : room);
            }
            if (room.equals("TotalLoss")) {
                steps = now;
                savedBytes = variable.tape().savedBytes();
            }
        }
    }
}
