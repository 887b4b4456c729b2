import { getXive, intOff, intOn, setXive } from './interrupts';
import { nvramFetch, nvramStore } from './non-volatile-memory';
import { ibmReadPciConfig, ibmWritePciConfig, readPciConfig, writePciConfig } from './pci-configuration';
import { changeMsi, queryInterruptSourceNumber } from './pci-messages';
import {
  checkException,
  displayCharacter,
  eventScan,
  getSensorState,
  getSystemParameter,
  setIndicator,
  setSystemParameter,
} from './platform';
import { osTerm, powerOff, systemReboot } from './power';
import { queryCpuStoppedState, startCpu, stopSelf } from './processors';
import { getTimeOfDay, setTimeOfDay } from './time-of-day';

/** What RTAS offers, by token. */
export const rtasCalls = new Map(
  [
    displayCharacter,
    getTimeOfDay,
    setTimeOfDay,
    powerOff,
    systemReboot,
    queryCpuStoppedState,
    startCpu,
    stopSelf,
    getSystemParameter,
    setSystemParameter,
    setXive,
    getXive,
    intOff,
    intOn,
    checkException,
    eventScan,
    nvramFetch,
    nvramStore,
    readPciConfig,
    writePciConfig,
    ibmReadPciConfig,
    ibmWritePciConfig,
    queryInterruptSourceNumber,
    changeMsi,
    setIndicator,
    getSensorState,
    osTerm,
  ].map((call) => [call.token, call]),
);
