package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What every device's state must do: come out as it went in, be a copy, and leave the device it was taken from alone.
 *
 * @param <D> the device
 * @param <S> its state
 */
public abstract class SnapshotTest<D extends Snapshotable<S>, S> {
  /** A device as after reset. */
  protected abstract D fresh();

  /** Brings a fresh device into a state that differs from the first in every part. */
  protected abstract void disturb(D device);

  /** Changes the state once more, so that a state that shares arrays with its device would change with it. */
  protected abstract void disturbAgain(D device);

  @Test
  void aSavedStateIsTheSameInAnotherDevice() {
    D source = fresh();
    disturb(source);
    S saved = source.save();
    D target = fresh();
    target.restore(saved);
    assertThat(target.save()).usingRecursiveComparison().isEqualTo(saved);
  }

  @Test
  void savingChangesNothing() {
    D device = fresh();
    disturb(device);
    S first = device.save();
    assertThat(device.save()).usingRecursiveComparison().isEqualTo(first);
  }

  @Test
  void aStateIsACopy() {
    D device = fresh();
    disturb(device);
    S first = device.save();
    D other = fresh();
    other.restore(first);
    S copy = other.save();
    disturbAgain(device);
    assertThat(first).usingRecursiveComparison().isEqualTo(copy);
    assertThat(device.save()).usingRecursiveComparison().isNotEqualTo(first);
  }

  @Test
  void aDisturbedDeviceGoesBackToItsFirstState() {
    D device = fresh();
    S first = device.save();
    disturb(device);
    device.restore(first);
    assertThat(device.save()).usingRecursiveComparison().isEqualTo(first);
  }
}
