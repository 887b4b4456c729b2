import type { GuestStateData, SegmentData } from '../../debug-adapter/custom-protocol';
import type { TreeItem } from './tree-item';

/** The valid entries of the segment lookaside buffer. */
export const segmentItems = ({ segments }: Pick<GuestStateData, 'segments'>): readonly TreeItem[] =>
  segments.map(segmentItem);

function segmentItem(segment: SegmentData): TreeItem {
  const { index, effectiveAddress, segmentSize, vsid, pageSize } = segment;
  const bit = (name: string, isSet: boolean, meaning: string): TreeItem => ({
    key: `${index}/${name}`,
    label: name,
    description: `${isSet ? '1' : '0'}: ${meaning}`,
    icon: isSet ? 'pass-filled' : 'circle-large-outline',
  });
  return {
    key: `segment ${index}`,
    label: `[${index}] ${effectiveAddress}`,
    description: `VSID ${vsid}, ${segmentSize}, ${pageSize} pages`,
    tooltip: `SLB entry ${index}: ESID word ${segment.esidWord}, VSID word ${segment.vsidWord}`,
    icon: 'symbol-namespace',
    kind: 'segment',
    data: segment,
    children: [
      bit('Ks', segment.ks, 'storage key of supervisor state'),
      bit('Kp', segment.kp, 'storage key of problem state'),
      bit('N', segment.noExecute, 'no execute'),
      { key: `${index}/esid`, label: 'ESID word', description: segment.esidWord, icon: 'symbol-numeric' },
      { key: `${index}/vsid`, label: 'VSID word', description: segment.vsidWord, icon: 'symbol-numeric' },
    ],
  };
}
