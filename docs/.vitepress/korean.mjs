// What the site says in Korean around the pages of docs/ko.
const guides = [
  { text: '예측하고 보여 주기', link: '/ko/guides/predict' },
  { text: '저장, 대조, 학습', link: '/ko/guides/learn' },
  { text: '정해진 시각에 실행', link: '/ko/guides/schedule' },
  { text: '여러 대로 나누기', link: '/ko/guides/many-machines' },
  { text: '어디에서 실행하나', link: '/ko/guides/hosts' },
  { text: '내 모델을 멤버로', link: '/ko/guides/own-member' },
  { text: '내 저장소', link: '/ko/guides/own-store' },
  { text: '내 시세', link: '/ko/guides/own-prices' },
  { text: '정직한 백테스트', link: '/ko/guides/backtest' },
  { text: '파이썬 시스템에서 옮기기', link: '/ko/guides/from-python-system' },
];

export const korean = {
  description: '일별 시세의 확률 예측, TypeScript로',
  theme: {
    nav: [
      { text: '시작', link: '/ko/start' },
      { text: '안내', link: '/ko/guides/predict', activeMatch: '/ko/guides/' },
      { text: 'API(영어)', link: '/api/' },
      { text: '예측 성능(영어)', link: '/evaluation' },
    ],
    sidebar: {
      '/ko/': [
        { text: '시작', items: [{ text: '5분 만에 시작하기', link: '/ko/start' }] },
        { text: '안내', items: guides },
        {
          text: '영어 문서',
          items: [
            { text: '예측은 얼마나 좋은가', link: '/evaluation' },
            { text: '어떻게 검증했나', link: '/proof' },
            { text: '다른 라이브러리와 비교', link: '/comparison' },
            { text: '파이썬 lightgbm에서 옮기기', link: '/lgbm-from-python' },
            { text: '오류 코드', link: '/errors' },
            { text: 'API', link: '/api/' },
          ],
        },
      ],
    },
    outline: { level: [2, 3], label: '이 페이지' },
    docFooter: { prev: '이전', next: '다음' },
    darkModeSwitchLabel: '화면 밝기',
    lightModeSwitchTitle: '밝게',
    darkModeSwitchTitle: '어둡게',
    sidebarMenuLabel: '목차',
    returnToTopLabel: '맨 위로',
    langMenuLabel: '언어',
    skipToContentLabel: '본문으로',
    notFound: {
      title: '없는 페이지입니다',
      quote: '주소를 확인해 주세요.',
      linkText: '첫 화면으로',
      linkLabel: '첫 화면으로',
    },
    footer: { message: 'Apache-2.0. 예측의 연구와 표시를 위한 라이브러리이며 투자 조언이 아닙니다.' },
  },
  search: {
    translations: {
      button: { buttonText: '검색', buttonAriaLabel: '검색' },
      modal: {
        displayDetails: '자세히',
        resetButtonTitle: '지우기',
        backButtonTitle: '닫기',
        noResultsText: '결과가 없습니다:',
        footer: { selectText: '선택', navigateText: '이동', closeText: '닫기' },
      },
    },
  },
};
